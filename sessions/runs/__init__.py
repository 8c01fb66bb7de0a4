"""Runs: what each explored node brought, counted once, and what a voyage's runs add up to.

The nine phases of a run's end are `phases.Phase`. `ledger` and `accounting` are pure; `book` is what players
ask for, `accountant` what the engine's transaction does, `reports` what follows. Never Discord, never HTTP.
"""
