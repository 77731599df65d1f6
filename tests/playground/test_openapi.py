"""What the OpenAPI documents say of types, whichever release of the official client is installed, or none."""

import pytest

from nodeportkit.playground.api import descriptions, openapi

# As kubernetes 29 has it.
OLD = '''
class V1ServicePort(object):
    openapi_types = {
        'node_port': 'int',
        'port': 'int'
    }

    attribute_map = {
        'node_port': 'nodePort',
        'port': 'port'
    }

    @property
    def node_port(self):
        """Gets the node_port of this V1ServicePort.  # noqa: E501

        The port on each node. Supports \\"TCP\\".  # noqa: E501

        :return: The node_port of this V1ServicePort.  # noqa: E501
        :rtype: int
        """
        return self._node_port

    @port.setter
    def port(self, port):
        if self.local_vars_configuration.client_side_validation and port is None:  # noqa: E501
            raise ValueError("Invalid value for `port`, must not be `None`")  # noqa: E501
'''


@pytest.fixture
def anew():
    def forget():
        for cached in (descriptions.description_of, openapi.document, openapi.index):
            cached.cache_clear()

    forget()
    yield
    forget()


def schema(group, version, type_):
    return openapi.document(group, version)["components"]["schemas"][f"io.nodeportkit.core.{type_}"]


def test_fields_are_described_and_required_ones_named():
    port = schema("", "v1", "ServicePort")
    assert port["properties"]["nodePort"]["description"].startswith("The port on each node on which this service is")
    assert port["required"] == ["port"]
    assert schema("networking.k8s.io", "v1", "IPBlock")["properties"]["except"]["description"].startswith("except is a")


@pytest.mark.usefixtures("anew")
def test_without_the_client_there_are_fields_without_descriptions(monkeypatch, tmp_path):
    monkeypatch.setattr(descriptions, "_folder", lambda: tmp_path)
    port = schema("", "v1", "ServicePort")
    assert port["properties"]["nodePort"] == {"type": "integer", "format": "int32"}
    assert "description" not in port


@pytest.mark.usefixtures("anew")
def test_older_clients_say_the_same(monkeypatch, tmp_path):
    (tmp_path / "v1_service_port.py").write_text(OLD)
    monkeypatch.setattr(descriptions, "_folder", lambda: tmp_path)
    told = descriptions.description_of("ServicePort")
    assert dict(told.fields) == {"nodePort": 'The port on each node. Supports "TCP".'}
    assert told.required == {"port"}
