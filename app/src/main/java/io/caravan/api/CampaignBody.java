package io.caravan.api;

import java.util.Map;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A campaign to keep.
 *
 * @param campaign the keys of a campaign file
 * @param files    the files that it names, each as text, or as {@code base64:} and the bytes
 */
@Schema(name = "CampaignToKeep")
record CampaignBody(@Schema(example = """
        {"name": "autumn", "from": "News <news@shop.example>", "subject": "Leaves", "text": "autumn.txt",
         "audience": {"list": "readers"}}""") @Nullable Map<String, Object> campaign,
        @Schema(example = """
                {"autumn.txt": "Dear reader, leaves fall.\\n"}""") @Nullable Map<String, String> files) {
}
