package io.caravan.flow;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.caravan.mail.CampaignSpec;

/**
 * A campaign file and all that it names, read into memory.
 *
 * @param source the campaign file's text
 * @param files  by the name that the campaign file uses
 * @param beside those of them that lie beside the campaign file
 */
public record CampaignParts(CampaignSpec spec, String source, Map<String, byte[]> files, List<Path> beside) {
}
