-- What a person holds back in the queue, and what the pages about it are read by. Owners: delivery, pacing.

-- an order to hold: whatever it names waits, mail of later runs and mail that is given back, too
create table queue_hold (
    id        bigint        not null auto_increment primary key,
    run_id    bigint        not null default 0 comment '0: every run',
    identity  varchar(190)  not null default '' comment 'empty: every one',
    provider  varchar(255)  not null default '' comment 'of the lane; empty: every one',
    domain    varchar(255)  not null default '' comment 'of the recipient; empty: every one',
    note      varchar(255)  not null,
    since     datetime(6)   not null,
    until     datetime(6)   null comment 'null: until it is released',
    unique key queue_hold_what (run_id, identity, provider, domain)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- mail of a held domain, put aside as claims come to it; where whole lanes are held, nothing is written
alter table stretch
    add column hold_id bigint not null default 0 comment 'the order that put it aside; 0: free';
alter table retry
    add column hold_id bigint not null default 0 comment 'the order that put it aside; 0: free',
    drop key retry_due,
    add key retry_due (run_id, batch_id, hold_id, due_at),
    add key retry_lane (run_id, lane_id, batch_id, due_at) comment 'the next attempt of a lane';

-- a part of a run can be cancelled now, so it is counted by lane as all other ends are
alter table run_lane
    add column cancelled bigint not null default 0;
update run_lane l join run r on r.id = l.run_id
   set l.cancelled = l.planned - (l.accepted + l.bounced + l.complained + l.expired + l.suppressed + l.failed + l.in_doubt)
 where r.state in ('cancelled', 'refused')
   and not exists (select 1 from batch b where b.run_id = r.id and b.state = 'open')
   and not exists (select 1 from stretch s where s.run_id = r.id)
   and not exists (select 1 from retry t where t.run_id = r.id);

-- the last reply of each lane, told by each node once a second
create table lane_reply (
    lane_id  int           not null primary key,
    at       datetime(6)   not null,
    outcome  varchar(10)   not null,
    host     varchar(255)  not null,
    reply    varchar(500)  not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
