"""What is right and how wrong is how bad: severities of rules, and the meaning of waivers.

Data and pure functions, so that the gate over a bundle and the guard over a plan judge alike.
"""
