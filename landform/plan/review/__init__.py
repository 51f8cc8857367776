"""A plan set as a person reads it before approving it: the verdict, what is risky and why, and the rest folded."""
