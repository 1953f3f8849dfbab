package io.caravan.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.caravan.Application;

import static org.assertj.core.api.Assertions.assertThat;

/** A build dies in a few gaps only; that each of the others still has its place in the code is looked up here. */
class FailpointsTest {

    @ParameterizedTest
    @EnumSource
    void everyGapHasItsPlaceInTheCode(Gap gap) throws IOException {
        AtomicInteger places = new AtomicInteger();

        byte[] woven = Failpoints.woven(gap, Application.class.getClassLoader(), product(gap), places);

        assertThat(places).hasPositiveValue();
        assertThat(ClassFile.of().verify(woven)).isEmpty();
        assertThat(product(gap)).as("the product's own class knows nothing of it").isNotEqualTo(woven);
    }

    private static byte[] product(Gap gap) throws IOException {
        try (InputStream file = Application.class.getClassLoader().getResourceAsStream(gap.internalName() + ".class")) {
            return file.readAllBytes();
        }
    }
}
