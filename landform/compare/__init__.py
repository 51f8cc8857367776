"""What changed between two bundles, by meaning, without Terraform."""
