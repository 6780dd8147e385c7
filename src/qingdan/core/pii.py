"""Personal identifiers at rest: sealed with SM4-GCM, found again by a keyed blind index (HMAC-SM3).

`settings.PII_KEY` is the present key, `settings.PII_OLD_KEYS` (a list, absent by default) earlier ones.
Two separate keys are derived from each by HKDF with SM3, one to encrypt and one to index. A sealed value
is `sm4:<key mark>:<base64 of nonce, ciphertext, tag>`; the mark says which key opens it, so keys rotate
without a flag day: new values use the present key, old ones stay readable, look-ups try every key.
The context (by default `app.model.field`) is authenticated: a value moved to another column does not open.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from qingdan.core.identifiers import mask_id

PREFIX = "sm4"
_NONCE, _TAG = 12, 16
INDEX_LENGTH = 64


class SealError(Exception):
    """A sealed value that cannot be opened: altered, moved to another column, or its key is missing."""


class _Keys(NamedTuple):
    mark: str
    encrypt: bytes
    lookup: bytes


@lru_cache(maxsize=16)
def _derive(secret: str) -> _Keys:
    if len(secret) < 32:
        raise ImproperlyConfigured("PII_KEY must have at least 32 characters; see the operations guide")

    def part(purpose: bytes, length: int) -> bytes:
        return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=b"qingdan pii " + purpose).derive(
            secret.encode()
        )

    return _Keys(part(b"mark", 4).hex(), part(b"sm4-gcm", 16), part(b"hmac-sm3", 32))


def _keys() -> list[_Keys]:
    """Present key first."""
    return [_derive(secret) for secret in [settings.PII_KEY, *getattr(settings, "PII_OLD_KEYS", [])]]


def seal(plain: str, context: str) -> str:
    """Encrypt; the same text never looks the same twice."""
    key = _keys()[0]
    nonce = secrets.token_bytes(_NONCE)
    encryptor = Cipher(algorithms.SM4(key.encrypt), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(context.encode())
    body = encryptor.update(plain.encode()) + encryptor.finalize()
    return f"{PREFIX}:{key.mark}:{base64.b64encode(nonce + body + encryptor.tag).decode()}"


def unseal(sealed: str, context: str) -> str:
    """Decrypt; raises SealError."""
    try:
        prefix, mark, body = sealed.split(":")
        raw = base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        raise SealError("not a sealed value") from None
    if prefix != PREFIX or len(raw) < _NONCE + _TAG:
        raise SealError("not a sealed value")
    key = next((k for k in _keys() if k.mark == mark), None)
    if key is None:
        raise SealError(f"the key {mark} is missing; add it to PII_OLD_KEYS")
    nonce, ciphertext, tag = raw[:_NONCE], raw[_NONCE:-_TAG], raw[-_TAG:]
    decryptor = Cipher(algorithms.SM4(key.encrypt), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(context.encode())
    try:
        return (decryptor.update(ciphertext) + decryptor.finalize()).decode()
    except InvalidTag:
        raise SealError("the sealed value was altered or belongs elsewhere") from None


def blind_index(plain: str, context: str) -> str:
    """Look-up value of a text under the present key: 64 hexadecimal digits, empty for an empty text."""
    return _index(_keys()[0], plain, context)


def blind_indexes(plain: str, context: str) -> list[str]:
    """Look-up values under every key, for `…_index__in`."""
    return [_index(key, plain, context) for key in _keys()]


def _index(key: _Keys, plain: str, context: str) -> str:
    return hmac.new(key.lookup, f"{context}\0{plain}".encode(), "sm3").hexdigest() if plain else ""


class Sealed:
    """A personal identifier in memory: opened only on `reveal()`, masked wherever it is printed."""

    __slots__ = ("_context", "_mask", "_plain", "_sealed")

    def __init__(
        self,
        context: str,
        *,
        plain: str | None = None,
        sealed: str | None = None,
        mask: Callable[[str], str] = mask_id,
    ) -> None:
        self._context, self._plain, self._sealed, self._mask = context, plain, sealed, mask

    def reveal(self) -> str:
        """The full text. Whoever calls this writes the journal entry of the view; raises SealError."""
        if self._plain is None:
            self._plain = unseal(self._sealed, self._context) if self._sealed else ""
        return self._plain

    @property
    def masked(self) -> str:
        return self._mask(self.reveal())

    def stored(self) -> str:
        """What goes to the database."""
        if self._sealed is None:
            self._sealed = seal(self._plain, self._context) if self._plain else ""
        return self._sealed

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return "Sealed(***)"

    def __bool__(self) -> bool:
        return bool(self._plain) if self._plain is not None else bool(self._sealed)

    def __len__(self) -> int:
        return len(self.reveal())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sealed):
            return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self._context, self.reveal()))

    def __reduce__(self) -> tuple[Any, ...]:
        # A cache or a pickle holds the sealed form only.
        return _thaw, (self._context, self.stored(), self._mask)


def _thaw(context: str, sealed: str, mask: Callable[[str], str]) -> Sealed:
    return Sealed(context, sealed=sealed, mask=mask)


class _SealedAttribute(DeferredAttribute):
    """Wraps assigned text; writing back the mask (an unchanged form field) keeps the present value."""

    field: "EncryptedTextField"

    def __set__(self, instance: models.Model, value: object) -> None:
        present = instance.__dict__.get(self.field.attname)
        if (
            isinstance(value, str)
            and "*" in value
            and isinstance(present, Sealed)
            and value == present.masked
        ):
            return
        instance.__dict__[self.field.attname] = self.field.to_python(value)


class SealedFormField(forms.CharField):
    """Shows the mask; the mask sent back unchanged means the present value."""

    def prepare_value(self, value: Any) -> Any:
        return value.masked if isinstance(value, Sealed) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.to_python(data) or "") != (self.prepare_value(initial) or ""))


class EncryptedTextField(models.TextField):
    """Text that the database only ever holds sealed; the attribute is a `Sealed`.

    `clean_text` (optional) normalises and checks the plain text, raising ValidationError; `mask` is how
    it is shown; `context` is fixed by hand when the column is ever renamed. The column cannot be
    searched: put a `BlindIndexField` beside it.
    """

    descriptor_class = _SealedAttribute
    empty_strings_allowed = True

    def __init__(
        self,
        *args: Any,
        context: str = "",
        mask: Callable[[str], str] = mask_id,
        clean_text: Callable[[str], str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.context, self.mask, self.clean_text = context, mask, clean_text
        self._fixed_context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self._fixed_context:
            kwargs["context"] = self._fixed_context
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self.context = self._fixed_context or f"{cls._meta.app_label}.{cls._meta.model_name}.{name}"

    def clone(self) -> "EncryptedTextField":
        copy: EncryptedTextField = super().clone()
        copy.mask, copy.clean_text = self.mask, self.clean_text
        return copy

    def to_python(self, value: object) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(self.context, plain=str(value), mask=self.mask)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(self.context, sealed=value, mask=self.mask)

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return self._belonging(value).stored()

    def _belonging(self, value: Any) -> Sealed:
        """The value sealed for this column: one copied from another model is sealed again."""
        if isinstance(value, Sealed) and value._context == self.context and value._plain is None:
            return value
        sealed = value if isinstance(value, Sealed) else Sealed(self.context, plain=str(value))
        plain = sealed.reveal()
        if "*" in plain:
            raise ValueError(f"{self.context}: a masked text was to be stored")
        if sealed._context == self.context:
            return sealed
        return Sealed(self.context, plain=plain, mask=self.mask)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        sealed = self.to_python(value)
        if sealed:
            plain = sealed.reveal()
            if "*" in plain:
                raise ValidationError(_("Enter the whole number, not its masked form."), code="masked")
            if self.clean_text is not None:
                plain = self.clean_text(plain)
                if plain != sealed.reveal():
                    sealed = Sealed(self.context, plain=plain, mask=self.mask)
            self.run_validators(plain)
        elif not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")
        return sealed

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.stored() if isinstance(value, Sealed) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return None  # nothing else means anything on ciphertext

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": SealedFormField, "widget": forms.TextInput, **kwargs})


class BlindIndexField(models.CharField):
    """The keyed index of an `EncryptedTextField` of the same model; filled on every save.

    Look a person up with `Model.objects.filter(**Model._meta.get_field("number_index").lookup(text))`.
    """

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs = {"max_length": INDEX_LENGTH, "db_index": True, "editable": False, "blank": True} | kwargs
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def _source(self) -> EncryptedTextField:
        field = self.model._meta.get_field(self.source)
        if not isinstance(field, EncryptedTextField):
            raise ImproperlyConfigured(f"{self} must name an EncryptedTextField as its source")
        return field

    def index_of(self, value: "Sealed | str | None") -> str:
        plain = value.reveal() if isinstance(value, Sealed) else str(value or "")
        return blind_index(plain, self._source().context)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        index = self.index_of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, index)
        return index

    def lookup(self, value: str) -> dict[str, Iterable[str]]:
        """Filter arguments that find a plain text under every key."""
        return {f"{self.name}__in": blind_indexes(value, self._source().context)}
