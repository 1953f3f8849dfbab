-- A run is planned in one pass: each lane's numbers are set aside before, so that a person is written once, in place. Owner: delivery.

-- what was being planned begins anew
delete d from delivery d join (select distinct run_id from plan_lane) p on p.run_id = d.run_id;
delete c from run_count c join (select distinct run_id from plan_lane) p on p.run_id = c.run_id;
drop table plan_row;
drop table plan_lane;
delete from planning;

alter table planning
    add column after_contact  bigint  not null default 0 comment 'who is planned so far: up to this contact; -1: what was planned is being taken back',
    add column tries          int     not null default 0 comment 'how often the audience outgrew the numbers set aside for it';

-- which lane a domain has in a run that is being planned, if not the tail
create table plan_lane (
    run_id   bigint        not null,
    domain   varchar(255)  not null,
    lane_id  int           not null,
    primary key (run_id, domain)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- the numbers of a lane of a run that is being planned
create table plan_number (
    run_id   bigint  not null,
    lane_id  int     not null comment '0: those who are final at once',
    from_n   int     not null,
    next_n   int     not null comment 'the first that nobody has yet',
    to_n     int     not null,
    primary key (run_id, lane_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
