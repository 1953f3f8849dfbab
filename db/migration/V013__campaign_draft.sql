-- A campaign that is being written on the pages: its file and the files that it names, before they are a version. Owner: campaign.

create table campaign_draft (
    name        varchar(100)  not null primary key,
    edit        bigint        not null comment 'goes up with each save: who saves upon an older one is refused',
    base        int           not null comment 'the version that it began from; 0: a new campaign',
    source      mediumtext    not null comment 'the campaign file, perhaps not yet whole',
    contents    longtext      not null comment 'a JSON object: file name to content id',
    updated_at  datetime(6)   not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
