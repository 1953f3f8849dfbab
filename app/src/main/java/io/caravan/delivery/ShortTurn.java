package io.caravan.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Work that asks the database only short things: a server that vanished without a word is given up after a bound of its own, where a plan
 * of millions may wait for ten minutes. Of each answer that is waited for, not of the whole. What was asked may have been done all the
 * same, so whoever asks so must bear to do it twice, as a settlement does.
 */
public final class ShortTurn {

    private static final ScopedValue<Duration> ANSWER = ScopedValue.newInstance();

    private ShortTurn() {
    }

    /**
     * Does it in this thread.
     *
     * @param answer how long to wait for each answer of the database, at most
     */
    public static <R, X extends Throwable> R within(Duration answer, ScopedValue.CallableOp<? extends R, X> work)
            throws X {
        return ScopedValue.where(ANSWER, answer).call(work);
    }

    /** How long this thread waits for each answer; empty: as long as the pool says. */
    public static Optional<Duration> answer() {
        return ANSWER.isBound() ? Optional.of(ANSWER.get()) : Optional.empty();
    }

    /** The same pool, to transactions too; what a short turn takes from it has the turn's bound until it is given back. */
    public static DataSource bounded(DataSource pool) {
        return new Bounded(pool);
    }

    /** An infrastructure proxy: a transaction that one side has begun is found by the other. */
    private static final class Bounded extends DelegatingDataSource implements InfrastructureProxy {

        private final DataSource pool;

        Bounded(DataSource pool) {
            super(pool);
            this.pool = pool;
        }

        @Override
        public Object getWrappedObject() {
            return pool;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            if (ANSWER.isBound()) {
                try { // without a word to the server; the pool sets it back
                    connection.setNetworkTimeout(Runnable::run, Math.toIntExact(ANSWER.get().toMillis()));
                } catch (SQLException | RuntimeException e) {
                    connection.close();
                    throw e;
                }
            }
            return connection;
        }
    }
}
