package io.caravan.campaign;

import java.time.Instant;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Embedded;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.CampaignId;

/** A {@link Version} with its spec and contents as the JSON that the table has. */
@Table("campaign_version")
record VersionRow(@Id @Embedded.Empty Key key, String sha256, String file, String source, String spec, String contents,
        Instant createdAt) {

    record Key(CampaignId campaignId, int version) {
    }

    static VersionRow of(Version version) {
        return new VersionRow(new Key(version.campaign(), version.version()), version.sha256(), version.file(),
                version.source(), SpecJson.write(version.spec()), SpecJson.write(version.contents()),
                version.createdAt());
    }

    Version version() {
        return new Version(key.campaignId(), key.version(), sha256, file, source, SpecJson.spec(spec),
                SpecJson.contents(contents), createdAt);
    }
}
