using System.Net;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.WebApi;

public sealed class ClientAddressesTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    [InlineData("::1", "::/64")]
    public void Counted_WhenAddressesAreOfOneClient_IsTheSame(string address, string counted) => ClientAddresses.Counted(IPAddress.Parse(address)).Should().Be(counted);

    [Fact]
    public void Counted_WhenNetworksDiffer_IsAnother() =>
        ClientAddresses.Counted(IPAddress.Parse("2001:db8:1:2::1")).Should().NotBe(ClientAddresses.Counted(IPAddress.Parse("2001:db8:1:3::1")));

    [Fact]
    public void Counted_WhenThereIsNoAddress_IsAWord() => ClientAddresses.Counted(null).Should().Be("unknown");
}
