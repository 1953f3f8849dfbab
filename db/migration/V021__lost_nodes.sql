-- A node that is declared lost: its open batches are settled without its journal, and what is heard of them later may settle the doubt.
-- Owners: nodes, delivery.

alter table node
    add column lost_at datetime(6) null comment 'declared lost; null again at its next start';

-- all nodes of a database must make the same Message-IDs, return paths and links
alter table installation
    add column secret_sha256 char(64) not null default '' comment 'of keys/secret, told by the first node that starts';

alter table batch
    add column lost_at datetime(6) null comment 'its node was declared lost while it was open: only of such a batch may late results settle rows';

alter table evidence
    add column attempt smallint    not null default 0,
    add column status  varchar(11) not null default '',
    add column settled tinyint     not null default 0 comment '1: it settled the row, which was in doubt';
