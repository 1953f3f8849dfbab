-- What became of each lane of a run, and where the rows are that ended without an attempt. Owner: delivery. See db/README.md.

-- kept by the settling transaction; what waits, is sending or deferred is derived from stretches, batches and retries
create table run_lane (
    run_id      bigint  not null,
    lane_id     int     not null,
    from_n      int     not null default 0 comment 'its rows are from_n..to_n',
    to_n        int     not null default 0,
    planned     bigint  not null default 0,
    accepted    bigint  not null default 0,
    bounced     bigint  not null default 0,
    complained  bigint  not null default 0,
    expired     bigint  not null default 0,
    suppressed  bigint  not null default 0 comment 'while it was queued; those known at planning belong to no lane',
    failed      bigint  not null default 0,
    in_doubt    bigint  not null default 0,
    primary key (run_id, lane_id),
    key run_lane_size (run_id, planned)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- rows that ended otherwise than by an attempt: failed, suppressed while queued, complained, bounced by a later report; they are found here
-- without reading the run
create table set_aside (
    run_id  bigint       not null,
    state   varchar(10)  not null,
    n       int          not null,
    primary key (run_id, state, n)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- runs that were planned before there were these tables; a row that was suppressed at planning was never dated
insert into run_lane (run_id, lane_id, from_n, to_n, planned, accepted, bounced, complained, expired, suppressed, failed, in_doubt)
select run_id, lane_id, min(n), max(n), count(*), sum(state = 'accepted'), sum(state = 'bounced'), sum(state = 'complained'),
       sum(state = 'expired'), sum(state = 'suppressed'), sum(state = 'failed'), sum(state = 'in_doubt')
from delivery where not (state = 'suppressed' and dated_at is null) group by run_id, lane_id;

insert into set_aside (run_id, state, n)
select run_id, state, n from delivery
where state in ('failed', 'complained') or state = 'suppressed' and dated_at is not null;
