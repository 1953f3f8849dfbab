package io.caravan.scheduling;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.ParseException;

import org.quartz.CronTrigger;
import org.quartz.ScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.CronTriggerPersistenceDelegate;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.spi.MutableTrigger;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz's own access to its tables, which also knows {@link CampaignTrigger}: as a row of the cron table, under a type of its own.
 * To be named in {@code org.quartz.jobStore.driverDelegateClass}.
 */
public final class QuartzTables extends StdJDBCDelegate {

    @Override
    protected void addDefaultTriggerPersistenceDelegates() {
        super.addDefaultTriggerPersistenceDelegates();
        addTriggerPersistenceDelegate(new CampaignRows());
    }

    private static final class CampaignRows extends CronTriggerPersistenceDelegate {

        @Override
        public String getHandledTriggerTypeDiscriminator() {
            return "CAMPAIGN";
        }

        @Override
        public boolean canHandleTriggerType(OperableTrigger trigger) {
            return trigger instanceof CampaignTrigger;
        }

        @Override
        public TriggerPropertyBundle loadExtendedTriggerProperties(Connection connection, TriggerKey key)
                throws SQLException {
            return ours(super.loadExtendedTriggerProperties(connection, key));
        }

        @Override
        public TriggerPropertyBundle loadExtendedTriggerPropertiesFromResultSet(ResultSet row, TriggerKey key)
                throws SQLException {
            return ours(super.loadExtendedTriggerPropertiesFromResultSet(row, key));
        }

        private static TriggerPropertyBundle ours(TriggerPropertyBundle plain) {
            return new TriggerPropertyBundle(new Rebuilt(plain.getScheduleBuilder()), plain.getStatePropertyNames(),
                    plain.getStatePropertyValues());
        }
    }

    private static final class Rebuilt extends ScheduleBuilder<CronTrigger> {

        private final ScheduleBuilder<?> plain;

        Rebuilt(ScheduleBuilder<?> plain) {
            this.plain = plain;
        }

        @Override
        protected MutableTrigger build() {
            CronTrigger cron = (CronTrigger) TriggerBuilder.newTrigger().withSchedule(plain).build();
            CampaignTrigger trigger = new CampaignTrigger();
            try {
                trigger.setCronExpression(cron.getCronExpression());
            } catch (ParseException e) {
                throw new IllegalStateException("stored as good: " + cron.getCronExpression(), e);
            }
            trigger.setTimeZone(cron.getTimeZone());
            return trigger;
        }
    }
}
