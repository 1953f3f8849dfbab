-- The rows in doubt of a run, without reading the run: each has an attempt with that outcome. Owner: delivery.

create index attempt_outcome on attempt (run_id, outcome, n);
