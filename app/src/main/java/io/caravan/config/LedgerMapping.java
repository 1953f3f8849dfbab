package io.caravan.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.data.convert.ReadingConverter;
import org.springframework.data.convert.WritingConverter;
import org.springframework.data.jdbc.core.dialect.JdbcDialect;
import org.springframework.data.jdbc.core.dialect.JdbcMariaDbDialect;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.data.relational.core.dialect.MySqlDialect;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;

import io.caravan.campaign.RunKind;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;
import io.caravan.mail.ContactId;
import io.caravan.mail.ListId;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;

/** How the ledgers' repositories see columns: ids are records, states are words in lower case, and the database is MariaDB. */
@Configuration(proxyBeanMethods = false)
public class LedgerMapping extends AbstractJdbcConfiguration {

    /** Known, so that no start asks for it. */
    @Bean
    @Override
    public JdbcDialect jdbcDialect(NamedParameterJdbcOperations operations) {
        return new JdbcMariaDbDialect(MySqlDialect.MYSQL_IDENTIFIER_PROCESSING);
    }

    /** Entities are found by their repositories. */
    @Override
    protected Collection<String> getMappingBasePackages() {
        return List.of();
    }

    @Override
    protected List<?> userConverters() {
        List<Object> converters = new ArrayList<>();
        both(converters, CampaignId.class, Long.class, CampaignId::value, CampaignId::new);
        both(converters, RunId.class, Long.class, RunId::value, RunId::new);
        both(converters, ContactId.class, Long.class, ContactId::value, ContactId::new);
        both(converters, ListId.class, Long.class, ListId::value, ListId::new);
        both(converters, RowId.class, String.class, RowId::toString, RowId::parse);
        both(converters, Scope.class, String.class, Scope::text, Scope::new);
        word(converters, CampaignState.class);
        word(converters, RunState.class);
        word(converters, RunKind.class);
        word(converters, Reason.class);
        return converters;
    }

    private static <E extends Enum<E>> void word(List<Object> converters, Class<E> words) {
        both(converters, words, String.class, word -> word.name().toLowerCase(Locale.ROOT),
                text -> Enum.valueOf(words, text.toUpperCase(Locale.ROOT)));
    }

    private static <J, C> void both(List<Object> converters, Class<J> type, Class<C> column, Function<J, C> write,
            Function<C, J> read) {
        converters.add(new ToColumn(type, column, value -> write.apply(type.cast(value))));
        converters.add(new FromColumn(type, column, value -> read.apply(column.cast(value))));
    }

    @WritingConverter
    private record ToColumn(Class<?> type, Class<?> column,
            Function<Object, Object> write) implements GenericConverter {

        @Override
        public Set<ConvertiblePair> getConvertibleTypes() {
            return Set.of(new ConvertiblePair(type, column));
        }

        @Override
        public @Nullable Object convert(@Nullable Object value, TypeDescriptor from, TypeDescriptor to) {
            return value == null ? null : write.apply(value);
        }
    }

    @ReadingConverter
    private record FromColumn(Class<?> type, Class<?> column,
            Function<Object, Object> read) implements GenericConverter {

        @Override
        public Set<ConvertiblePair> getConvertibleTypes() {
            return Set.of(new ConvertiblePair(column, type));
        }

        @Override
        public @Nullable Object convert(@Nullable Object value, TypeDescriptor from, TypeDescriptor to) {
            return value == null ? null : read.apply(value);
        }
    }
}
