"""Forms of log-in pages."""

from hypothesis import given, strategies as st

from custom_components.lumme_energy.portal.forms import find, parse_forms

PAGE = """
<html><body>
<form action="/search"><input name="q"></form>
<form action=" /auth?a=1&amp;b=2 " METHOD="POST">
  <input name="username" value="">
  <input name="password" type="password">
  <input type="hidden" name="credentialId">
  <input type="hidden" name="state" value="a&amp;b">
  <input type="checkbox" name="remember">
  <input type="checkbox" name="newsletter" checked>
  <input type="radio" name="way" value="mail" checked><input type="radio" name="way" value="sms">
  <input type="text">
  <button type="button" name="show" value="1">show</button>
  <button name="action" value="default">Continue</button>
  <input type="submit" name="cancel" value="Cancel">
</form>
<input name="outside">
</body></html>
"""


def test_a_form_as_a_browser_would_send_it() -> None:
    form = find(parse_forms(PAGE), "username", "password")
    assert form is not None
    assert form.action == "/auth?a=1&b=2"
    assert form.method == "post"
    assert form.filled(username="me", password="secret") == {
        "username": "me",
        "password": "secret",
        "credentialId": "",
        "state": "a&b",
        "newsletter": "on",
        "way": "mail",
        "action": "default",
    }
    assert form.fields["username"] == ""


def test_what_was_typed_is_not_shown() -> None:
    (_, form) = parse_forms(PAGE)
    assert "a&b" not in repr(form)


def test_the_first_form_with_all_fields() -> None:
    forms = parse_forms(PAGE)
    assert [form.action for form in forms] == ["/search", "/auth?a=1&b=2"]
    assert forms[0].method == "get"
    assert find(forms, "username", "otp") is None
    assert find((), "username") is None


def test_fields_outside_a_form_are_nobodys() -> None:
    assert all("outside" not in form.fields for form in parse_forms(PAGE))


@given(st.text() | st.text(alphabet="<>/ forminputame=\"'-!&;"))
def test_never_raises(html: str) -> None:
    parse_forms(html)
