-- Which runs have rows that wait is asked twice a second, however many runs are over: a key on that, which a count costs nothing that only
-- grows or shrinks. Owner: delivery.

alter table run_count
    add column has_rows boolean as (n > 0) persistent,
    add key run_count_having (state, has_rows);
