package io.caravan.flow;

import java.util.List;
import java.util.Map;

import io.caravan.mail.CampaignSpec;

/** Whether a campaign's subject and templates can be compiled, asked before the campaign is taken. */
@FunctionalInterface
public interface TemplateCheck {

    /**
     * @param  files by the name that the campaign file uses
     * @return       every problem, each {@code file:line: what; what to do}; empty if all is well
     */
    List<String> problems(CampaignSpec spec, Map<String, byte[]> files);
}
