"""From a resolved fleet to a bundle: stack classes found, run, written whole, with where everything came from."""
