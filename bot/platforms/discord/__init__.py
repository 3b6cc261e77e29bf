"""Discord: slash commands, buttons, dialogs and messages in; cards of components out.

``client`` connects and hands events on, ``conversation`` asks the services, ``cards`` and ``people`` draw,
``poster`` delivers rounds and verdicts. Nothing outside this folder knows a Discord type.
"""
