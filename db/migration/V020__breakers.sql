-- What lanes are judged by, and what was decided of them. Owner: pacing.

-- what SMTP replies brought, by the minute of sending; kept for two hours: windows shorter than a day, and what came after a breaker closed
create table lane_minute (
    lane_id  int          not null,
    minute   datetime     not null,
    outcome  varchar(10)  not null comment 'accepted | bounced | deferred (by a reply that is no greylisting) | complained',
    n        int          not null,
    primary key (lane_id, minute, outcome),
    key lane_minute_age (minute)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- one row for each lane that was ever held, slowed or set by hand; a lane without a row is closed (mail flows) at its full rate
create table lane_state (
    lane_id      int           not null primary key,
    state        varchar(10)   not null default 'closed' comment 'closed | open | half_open',
    measure      varchar(10)   not null default '' comment 'what opened it: bounce | complaint | deferral; empty: a person',
    since        datetime(6)   not null,
    until        datetime(6)   null comment 'when an open one lets the trickle go; null: when a person says so',
    why          varchar(255)  not null default '',
    forced       tinyint       not null default 0 comment 'a person has set it: it is not judged',
    note         varchar(255)  not null default '' comment 'what the person who set it last said',
    counts_from  datetime(6)   null comment 'what was sent before is not counted again',
    trial_n      int           not null default 0 comment 'answers to the trickle',
    trial_bad    int           not null default 0,
    pace         double        not null default 1 comment 'the share of its rate that it was slowed to',
    pace_base    double        not null default 0 comment 'the rate, a second, that it had then',
    paced_at     datetime(6)   null,
    pace_why     varchar(255)  not null default ''
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
