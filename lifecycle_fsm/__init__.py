"""An engine for the customer lifecycle: one state machine per segment, guarded by facts, recorded for ever."""
