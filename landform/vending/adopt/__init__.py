"""An account that exists already is taken over: what stands there is found, and Terraform imports it."""
