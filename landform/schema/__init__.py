"""Provider schemas: packs of them, checks of arguments against them, typed modules generated from them."""
