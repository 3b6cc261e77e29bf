"""The playground: a chat in the browser, so that Warmup can be tried without an account or a token.

It is one more platform beside Discord and Slack: events come in as JSON, commands become the services'
requests, and the services' cards become HTML. Nothing in it decides anything about a quiz.
"""
