-- Campaigns, their versions and their runs. Owner: campaign.

create table campaign (
    id          bigint        not null auto_increment primary key,
    name        varchar(190)  not null,
    state       varchar(10)   not null comment 'draft scheduled running paused finished cancelled',
    version     int           not null,
    armed_at    datetime(6)   not null comment 'when the version in force was taken: the firing time of at: now, the same however often it fires',
    created_at  datetime(6)   not null,
    updated_at  datetime(6)   not null,
    unique key campaign_name (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table campaign_version (
    campaign_id bigint        not null,
    version     int           not null,
    sha256      char(64)      not null comment 'of the campaign file and all that it names, so that an unchanged drop is known',
    file        varchar(255)  not null,
    source      longtext      not null comment 'the campaign file as dropped',
    spec        longtext      not null comment 'the same, parsed, as JSON',
    contents    longtext      not null comment 'JSON: file name to content id',
    created_at  datetime(6)   not null,
    primary key (campaign_id, version)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table run (
    id            bigint       not null auto_increment primary key,
    campaign_id   bigint       not null,
    number        int          not null comment '1, 2, ... within the campaign: what --run takes',
    version       int          not null comment 'the campaign version that it began with and keeps',
    kind          varchar(10)  not null comment 'first | again | new | resend',
    state         varchar(10)  not null comment 'planning preflight refused asking running paused finished cancelled',
    paused_from   varchar(10)  null comment 'the state that resume goes back to',
    reason        text         null,
    scheduled_for datetime(6)  not null comment 'the firing that it stands for: one run each, however often it fires',
    preflight_n   int          not null default 0 comment 'rows 1..n have been evaluated; a restart goes on after it',
    opened_at     datetime(6)  not null,
    finished_at   datetime(6)  null,
    unique key run_number (campaign_id, number),
    unique key run_firing (campaign_id, scheduled_for),
    key run_state (state)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
