package io.caravan.scheduling;

import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the schedules need of the shipped configuration. */
class QuartzSettingsTest {

    private static final String STORE = "spring.quartz.properties.org.quartz.jobStore.";

    private final Properties shipped = shipped();

    @Test
    void quartzKnowsTheCampaignsTriggers() {
        assertThat(shipped).containsEntry(STORE + "driverDelegateClass", QuartzTables.class.getName());
    }

    /** Without it two nodes now and then fire the same moment: one reads a trigger, and acquires it after the other has fired it. */
    @Test
    void nodesAcquireTriggersOneAfterTheOther() {
        assertThat(shipped.get(STORE + "acquireTriggersWithinLock")).hasToString("true");
        assertThat(shipped.get(STORE + "isClustered")).hasToString("true");
    }

    /** A firing that keeps failing would otherwise hold the node's stop up for ever. */
    @Test
    void theStopDoesNotWaitForFirings() {
        assertThat(String.valueOf(shipped.get("spring.quartz.wait-for-jobs-to-complete-on-shutdown")))
                .isNotEqualTo("true");
    }

    private static Properties shipped() {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ClassPathResource("application.yaml"));
        return yaml.getObject();
    }
}
