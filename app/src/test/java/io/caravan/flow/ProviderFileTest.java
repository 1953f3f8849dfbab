package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.InvalidInput;
import io.caravan.transport.Providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProviderFileTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"gmail.com, gmail-smtp-in.l.google.com, google", "firm.test, aspmx.l.google.com, google",
            "hotmail.com, hotmail-com.olc.protection.outlook.com, microsoft",
            "firm.test, firm-test.mail.protection.outlook.com, microsoft",
            "aol.com, mx-aol.mail.gm0.yahoodns.net, yahoo",
            "icloud.com, mx01.mail.icloud.com, apple", "web.de, mx-ha02.web.de, gmx",
            "firm.test, mx00.kundenserver.de, ionos", "firm.test, mx.small.test, small.test"})
    void thePackedTableKnowsTheLargeOnes(String domain, String mx, String provider) {
        Providers providers = new Providers(ProviderFile.read(folder.resolve("none.yaml")));

        assertThat(providers.of(domain, mx).name()).isEqualTo(provider);
    }

    @Test
    void anOwnersFileReplacesIt() throws IOException {
        Path own = Files.writeString(folder.resolve("providers.yaml"),
                "ours: {mx: [mx.ours.test], domains: [ours.test], connections: 4}\n");

        Providers providers = new Providers(ProviderFile.read(own));

        assertThat(providers.of("ours.test")).contains(new Providers.Provider("ours", 4));
        assertThat(providers.of("gmail.com")).isEmpty();
    }

    @Test
    void saysEverythingThatIsWrongInIt() {
        assertThatThrownBy(() -> ProviderFile.parse("p.yaml", "a: {mx: one, hosts: [x]}\nb: 7\nc: {connections: 0}\n"))
                .isInstanceOf(InvalidInput.class).hasMessageContainingAll("p.yaml: a.mx: write a list",
                        "'hosts' is not known", "p.yaml: b: write", "connections: 0 is not possible");
        assertThatThrownBy(() -> ProviderFile.parse("p.yaml", "a: [")).hasMessageContaining("p.yaml: this is no YAML");
    }
}
