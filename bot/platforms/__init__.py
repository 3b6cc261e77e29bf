"""The sides that people see: events in, cards out. Each platform is a package that knows no other."""
