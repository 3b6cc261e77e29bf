"""The only room that names concrete classes of several rooms together: it wires them and starts them."""
