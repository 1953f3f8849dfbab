// The page to try calls: sends what its form says, as the person who is logged in, and shows what came back.
'use strict';
(() => {
  const form = document.getElementById('try');
  const at = id => document.getElementById(id);
  const quoted = text => "'" + text.replaceAll("'", "'\\''") + "'";

  const call = () => {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const headers = {};
    for (const input of form.querySelectorAll('[data-in]')) {
      const { name, in: where } = input.dataset;
      if (where === 'path') {
        path = path.replace('{' + name + '}', encodeURIComponent(input.value));
      } else if (input.value !== '' && where === 'query') {
        query.append(name, input.value);
      } else if (input.value !== '' && where === 'header') {
        headers[name] = input.value;
      }
    }
    const url = form.dataset.base.replace(/\/$/, '') + path + (query.size ? '?' + query : '');
    return { url, headers, method: form.dataset.method };
  };

  const bodyOf = headers => {
    const parts = [...form.querySelectorAll('[data-part]')];
    if (parts.length) {
      const data = new FormData();
      for (const part of parts) {
        if (part.type !== 'file') {
          if (part.value !== '') {
            data.append(part.dataset.part, part.value);
          }
        } else if (part.files.length) {
          data.append(part.dataset.part, part.files[0]);
        }
      }
      return data;
    }
    const body = at('body');
    if (!body) {
      return undefined;
    }
    headers['Content-Type'] = form.dataset.type;
    return body.value;
  };

  const curl = (method, url, headers, body) => {
    const words = ['curl', '-X', method, quoted(location.origin + url), '-H', '"Authorization: Bearer $(cat data/keys/token)"'];
    for (const [name, value] of Object.entries(headers)) {
      words.push('-H', quoted(name + ': ' + value));
    }
    if (body instanceof FormData) {
      for (const [name, value] of body) {
        words.push('-F', quoted(name + '=' + (value instanceof File ? '@' + value.name : value)));
      }
    } else if (body !== undefined) {
      words.push('--data-binary', quoted(body));
    }
    return words.join(' ');
  };

  const pretty = text => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  const show = (status, headers, body) => {
    at('status').textContent = status;
    at('headers').textContent = headers;
    at('headers').hidden = headers === '';
    at('answered').textContent = body;
    at('answered').hidden = body === '';
    at('answer').hidden = false;
    at('answer').focus();
  };

  form.addEventListener('submit', async event => {
    event.preventDefault();
    const { url, headers, method } = call();
    const body = bodyOf(headers);
    at('curl').textContent = curl(method, url, headers, body);
    const began = performance.now();
    try {
      const answer = await fetch(url, {
        method, body, credentials: 'same-origin', redirect: 'manual',
        headers: { ...headers, [form.dataset.csrfHeader]: form.dataset.csrf }
      });
      const text = await answer.text();
      const ms = Math.round(performance.now() - began);
      show(answer.status + ' ' + answer.statusText + ' · ' + ms + ' ms',
        [...answer.headers].map(([name, value]) => name + ': ' + value).join('\n'), pretty(text));
    } catch (error) {
      show('No answer: ' + error.message, '', '');
    }
  });
})();
