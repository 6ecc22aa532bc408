"""The authority that signed the database's certificate, as Connector/J wants it: a key store, made by this JVM."""

import os
import tempfile
from typing import Any

# Guards nothing: the store holds a public certificate.
STORE_PASSWORD = "public"


def with_trust_store(access: dict[str, Any], spark: Any) -> dict[str, Any]:
    """Adds the store when `access` names the PEM of an authority (`caPath`); the server's name is checked then."""
    if "caPath" not in access:
        return access
    java = spark._jvm.java
    store = java.security.KeyStore.getInstance("PKCS12")
    store.load(None, None)
    pem = java.io.FileInputStream(access["caPath"])
    certificate = java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(pem)
    pem.close()
    store.setCertificateEntry("authority", certificate)
    path = os.path.join(tempfile.mkdtemp(prefix="dp-trust-"), "authority.p12")
    written = java.io.FileOutputStream(path)
    store.store(written, _characters(STORE_PASSWORD, spark))
    written.close()
    return {**access, "trustStore": f"file:{path}", "trustStorePassword": STORE_PASSWORD}


def _characters(text: str, spark: Any) -> Any:
    gateway = spark.sparkContext._gateway
    characters = gateway.new_array(gateway.jvm.char, len(text))
    for index, character in enumerate(text):
        characters[index] = character
    return characters
