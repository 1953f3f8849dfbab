-- Template texts, attachments and images, kept by the hash of their bytes: a version is a hash, and two equal files are one row. Owner: content.

create table content (
    id          bigint        not null auto_increment primary key,
    sha256      char(64)      not null,
    bytes       longblob      not null,
    created_at  datetime(6)   not null,
    unique key content_sha256 (sha256)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
