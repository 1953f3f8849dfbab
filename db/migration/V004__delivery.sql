-- The ledger: one row per recipient per run, claimed by ranges. Owner: delivery. See db/README.md before changing a key.

create table delivery (
    run_id           bigint        not null,
    n                int           not null comment '1..planned; the rows of one lane are neighbours',
    contact_id       bigint        not null,
    contact_version  int           not null,
    seq              int           not null default 0 comment 'several mails of one run to one person: sequences, submissions',
    address          varchar(320)  not null comment 'as written',
    domain           varchar(255)  not null,
    lane_id          int           not null,
    state            varchar(10)   not null comment 'pending deferred accepted bounced complained expired suppressed failed cancelled in_doubt',
    reason           varchar(500)  not null default '',
    attempts         smallint      not null default 0,
    host             varchar(255)  not null default '',
    status           varchar(11)   not null default '',
    reply            varchar(500)  not null default '',
    dated_at         datetime(6)   null comment 'the Date header: the claim of the first batch that sent it',
    first_attempt_at datetime(6)   null,
    last_attempt_at  datetime(6)   null,
    primary key (run_id, n),
    unique key delivery_recipient (run_id, contact_id, seq)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- the audience of a run that is being planned, in the order in which its rows will be numbered; empty when planning is over
create table plan_row (
    run_id           bigint        not null,
    rank             int           not null comment 'own lanes first, then the tail, then those who are final at once',
    spread           int unsigned  not null comment 'a hash, so that neighbours in the tail are strangers',
    contact_id       bigint        not null,
    contact_version  int           not null,
    address          varchar(320)  not null,
    domain           varchar(255)  not null,
    reason           varchar(500)  not null default '' comment 'not empty: suppressed or excluded, and why',
    primary key (run_id, rank, spread, contact_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- which rank and lane a domain has in a run that is being planned; '*' is the tail
create table plan_lane (
    run_id   bigint        not null,
    domain   varchar(255)  not null,
    rank     int           not null,
    lane_id  int           not null,
    primary key (run_id, domain),
    unique key plan_lane_rank (run_id, rank)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- numbers next_n..to_n of a run are planned and not yet claimed
create table stretch (
    id       bigint   not null auto_increment primary key,
    run_id   bigint   not null,
    lane_id  int      not null,
    next_n   int      not null,
    to_n     int      not null,
    key stretch_run (run_id, lane_id, id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table batch (
    id          bigint       not null auto_increment primary key,
    run_id      bigint       not null,
    node_id     int          not null,
    epoch       int          not null,
    size        int          not null,
    settled     int          not null default 0,
    state       varchar(10)  not null comment 'open | closed',
    claimed_at  datetime(6)  not null,
    closed_at   datetime(6)  null,
    key batch_state (state, node_id, epoch),
    key batch_run (run_id, state)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table batch_range (
    batch_id  bigint  not null,
    from_n    int     not null,
    to_n      int     not null,
    primary key (batch_id, from_n)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- deferred rows, away from the hot path; batch_id is set while one is claimed
create table retry (
    run_id    bigint       not null,
    n         int          not null,
    lane_id   int          not null,
    due_at    datetime(6)  not null,
    batch_id  bigint       null,
    primary key (run_id, n),
    key retry_due (run_id, batch_id, due_at),
    key retry_batch (batch_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- kept by the settling transaction: equal to the rows at every moment
create table run_count (
    run_id  bigint       not null,
    state   varchar(10)  not null,
    n       bigint       not null,
    primary key (run_id, state)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- why rows of a lane are not claimed now; written when it changes, gone when nothing holds
create table hold (
    run_id   bigint        not null,
    lane_id  int           not null,
    reason   varchar(255)  not null,
    since    datetime(6)   not null,
    primary key (run_id, lane_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- each attempt that did not end in acceptance; the last attempt stands in the row itself
create table attempt (
    run_id   bigint        not null,
    n        int           not null,
    attempt  smallint      not null,
    at       datetime(6)   not null,
    outcome  varchar(10)   not null,
    host     varchar(255)  not null,
    status   varchar(11)   not null,
    reply    varchar(500)  not null,
    primary key (run_id, n, attempt)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- results that matched no open batch of their epoch: kept, and overwriting nothing
create table evidence (
    id       bigint        not null auto_increment primary key,
    run_id   bigint        not null,
    n        int           not null,
    batch_id bigint        not null,
    epoch    int           not null,
    at       datetime(6)   not null,
    outcome  varchar(10)   not null,
    host     varchar(255)  not null,
    reply    varchar(500)  not null,
    key evidence_row (run_id, n)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
