-- Each campaign's trigger in a group of its own: Quartz keeps a paused group beside its triggers, so that a schedule which is paused stays so
-- whatever becomes of its trigger (a new version, a pause of the whole campaign, a restart).

set foreign_key_checks = 0;

update QRTZ_CRON_TRIGGERS set TRIGGER_GROUP = concat('campaign-', TRIGGER_NAME) where TRIGGER_GROUP = 'campaigns';
update QRTZ_SIMPLE_TRIGGERS set TRIGGER_GROUP = concat('campaign-', TRIGGER_NAME) where TRIGGER_GROUP = 'campaigns';
update QRTZ_FIRED_TRIGGERS set TRIGGER_GROUP = concat('campaign-', TRIGGER_NAME) where TRIGGER_GROUP = 'campaigns';
update QRTZ_TRIGGERS set TRIGGER_GROUP = concat('campaign-', TRIGGER_NAME) where TRIGGER_GROUP = 'campaigns';

set foreign_key_checks = 1;
