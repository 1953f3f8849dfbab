package io.caravan.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;

/** A row's state as people type it. */
final class StateWord implements ITypeConverter<RowState> {

    @Override
    public RowState convert(String written) {
        try {
            return RowState.of(written);
        } catch (InvalidInput e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
