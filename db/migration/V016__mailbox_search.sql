-- What the mailbox and the suppressions are searched by. Owners: mailbox, suppression.

alter table mailbox_message
    add column tags varchar(2000) not null default '' comment 'the campaign''s, one a line: name=value',
    add column attachments smallint not null default 0 comment 'files that come with it, images of the text not counted',
    add column recipient_key varchar(320) generated always as (lower(recipient)) virtual,
    add key mailbox_recipient (recipient_key, id) comment 'a test suite waits for the mail of one address',
    add key mailbox_campaign (campaign, id),
    add key mailbox_run (run_id, id);

alter table suppression
    add key suppression_reason (reason, id),
    add key suppression_scope (scope, id);

alter table suppression_removed
    add key suppression_removed_who (address, id);
