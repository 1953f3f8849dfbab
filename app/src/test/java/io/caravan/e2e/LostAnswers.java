package io.caravan.e2e;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * A database that breaks connections at random moments: before a statement, and after a commit so that the answer is lost. It does so to
 * the pump, to the batches on the road and to the recorder, once it is told to.
 */
final class LostAnswers implements BeanPostProcessor {

    private final Random random;
    private final double commits;
    private final double statements;
    private final Map<String, Integer> lost = new ConcurrentHashMap<>();
    private volatile boolean on;

    LostAnswers(long seed, double commits, double statements) {
        random = new Random(seed);
        this.commits = commits;
        this.statements = statements;
    }

    void begin() {
        on = true;
    }

    void end() {
        on = false;
    }

    /** How often, by who and what: {@code recorder commit}. */
    Map<String, Integer> lost() {
        return lost;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool && name.equals("dataSource")) {
            HikariDataSource broken = new HikariDataSource() {
                @Override
                public Connection getConnection() throws SQLException {
                    return proxy(super.getConnection());
                }
            };
            pool.copyStateTo(broken);
            return broken;
        }
        return bean;
    }

    private Connection proxy(Connection real) {
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{Connection.class},
                (_, method, arguments) -> {
                    Object result = invoke(method, real, arguments);
                    if (method.getName().equals("commit")) {
                        lose(real, "commit", commits);
                    }
                    return result instanceof PreparedStatement statement ? proxy(real, statement) : result;
                });
    }

    private Object proxy(Connection connection, PreparedStatement real) {
        return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{PreparedStatement.class},
                (_, method, arguments) -> {
                    if (method.getName().startsWith("execute")) {
                        lose(connection, "statement", statements);
                    }
                    return invoke(method, real, arguments);
                });
    }

    private static Object invoke(java.lang.reflect.Method method, Object on, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private synchronized void lose(Connection connection, String what, double share) throws SQLException {
        String who = who(Thread.currentThread().getName());
        boolean first = what.equals("commit") && !lost.containsKey(who + " commit"); // of each, whatever the dice say
        if (on && who != null && (first || random.nextDouble() < share)) {
            lost.merge(who + " " + what, 1, Integer::sum);
            connection.abort(Runnable::run);
            throw new SQLNonTransientConnectionException("the line to the database broke (injected)");
        }
    }

    private static String who(String thread) {
        return thread.contains("seda://pulse")
                ? "pump"
                : thread.contains("seda://batches") ? "road" : thread.equals("recorder") ? "recorder" : null;
    }
}
