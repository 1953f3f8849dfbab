package io.caravan.web;

import java.time.Clock;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * What is open and what needs the access token. Open are the public links, the health checks and the static files; all else is closed,
 * what is added later too.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication // "once" runs without doors
public class DoorSecurity {

    /** Public links: they carry a seal of their own. */
    static final String[] PUBLIC = {"/u/**", "/p/**", "/c/**", "/o/**"};
    static final String[] OPEN = {"/actuator/health/**", "/caravan.css", "/caravan.js", "/theme.js", "/favicon.svg",
            "/webjars/**"};

    /** Nothing inline, nothing from elsewhere. A controller that needs another policy sets it first. */
    static final String PAGE_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Bean
    SecurityFilterChain doors(HttpSecurity http, AccessToken token, Clock clock,
            ObjectProvider<MultipartConfigElement> forms) throws Exception {
        Session session = new Session(token, clock);
        MultipartConfigElement form = forms.getIfAvailable();
        return http
                .addFilterBefore(new TooLargeUpload(session, form == null ? 0 : form.getMaxRequestSize()),
                        CsrfFilter.class)
                .authorizeHttpRequests(who -> who
                        .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD, DispatcherType.ASYNC)
                        .permitAll()
                        .requestMatchers(PUBLIC).permitAll()
                        .requestMatchers(OPEN).permitAll()
                        .anyRequest().authenticated())
                .csrf(csrf -> csrf.csrfTokenRepository(new SessionForms(session))
                        .requireCsrfProtectionMatcher(comesByCookie(session)))
                .addFilterBefore(new TokenFilter(token, session), AnonymousAuthenticationFilter.class)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable).httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(refused -> refused.authenticationEntryPoint((_, response, _) -> {
                    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"caravan\"");
                    response.sendError(HttpStatus.UNAUTHORIZED.value());
                }))
                .headers(headers -> headers
                        .contentSecurityPolicy(policy -> policy.policyDirectives(PAGE_POLICY))
                        .frameOptions(frames -> frames.sameOrigin())
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
                .build();
    }

    /** Who comes without a session has nothing to forge (and gets 401); the one-click POST of RFC 8058 comes without one by its nature. */
    private static RequestMatcher comesByCookie(Session session) {
        RequestMatcher isPublic = openLink();
        return request -> CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request) && !TokenFilter.isProgram(request)
                && !isPublic.matches(request) && session.of(request) != null;
    }

    private static RequestMatcher openLink() {
        PathPatternRequestMatcher.Builder path = PathPatternRequestMatcher.withDefaults();
        RequestMatcher[] all = new RequestMatcher[PUBLIC.length];
        for (int i = 0; i < PUBLIC.length; i++) {
            all[i] = path.matcher(PUBLIC[i]);
        }
        return (HttpServletRequest request) -> {
            for (RequestMatcher one : all) {
                if (one.matches(request)) {
                    return true;
                }
            }
            return false;
        };
    }

    /** There are no passwords here; without this bean a generated one would be printed at each start. */
    @Bean
    AuthenticationManager noPasswords() {
        return authentication -> {
            throw new BadCredentialsException("passwords are not used here; send the token of keys/token");
        };
    }
}
