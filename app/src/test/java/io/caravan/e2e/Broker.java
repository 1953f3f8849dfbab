package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.slf4j.LoggerFactory;

/** An Artemis in this JVM, at a port of this machine. It keeps nothing: what waits in it when it stops is lost. */
final class Broker implements AutoCloseable {

    private final int port;
    private EmbeddedActiveMQ running;

    Broker() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    String url() {
        return "tcp://127.0.0.1:" + port;
    }

    Broker start() throws Exception {
        ((Logger) LoggerFactory.getLogger("org.apache.activemq.audit")).setLevel(Level.OFF); // a line for each step of each message
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(false);
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        configuration.setName("broker-" + port);
        configuration.addAcceptorConfiguration("tcp", url());
        running = new EmbeddedActiveMQ();
        running.setConfiguration(configuration);
        running.start();
        return this;
    }

    void stop() throws Exception {
        running.stop();
        running = null;
    }

    /** What a broker does when an acknowledgement is lost. */
    void bringAgain(String queue, String text) throws JMSException {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
        }
    }

    @Override
    public void close() throws Exception {
        if (running != null) {
            stop();
        }
    }
}
