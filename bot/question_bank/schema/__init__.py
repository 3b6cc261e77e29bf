"""The native format as pydantic models; the published JSON Schema is generated from them."""
