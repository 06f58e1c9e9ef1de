using Microsoft.Extensions.Configuration;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.UnitTests.WebApi;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(null, "http://127.0.0.1:5080/")]
    [InlineData("http://+:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://0.0.0.0:81", "http://127.0.0.1:81/")]
    [InlineData("http://[::]:81", "http://127.0.0.1:81/")]
    [InlineData("https://*:443;http://*:80", "http://127.0.0.1/")]
    [InlineData("https://node1.internal:8443", "https://127.0.0.1:8443/")]
    [InlineData("http://*.example.org:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://localhost:81", "http://localhost:81/")]
    [InlineData("http://192.0.2.7:81", "http://192.0.2.7:81/")]
    public void ForThisMachine_Always_IsWhereAClientFindsIt(string? urls, string address) => ListenAddress.ForThisMachine(Configuration(urls)).Should().Be(new Uri(address));

    [Theory]
    [InlineData("http_ports", "81;82", "http://127.0.0.1:81/")]
    [InlineData("https_ports", "443", "https://127.0.0.1/")]
    [InlineData("Kestrel:Endpoints:Web:Url", "https://node1.internal:8443", "https://127.0.0.1:8443/")]
    [InlineData("urls", " ", "http://127.0.0.1:5080/")]
    [InlineData("urls", "nonsense", null)]
    [InlineData("urls", "http://unix:/run/neurolab.sock", null)]
    public void ForThisMachine_WhenItListensByOtherMeans_IsWhereItIsFoundOrNothing(string name, string value, string? address) =>
        (ListenAddress.ForThisMachine(Configuration(null, (name, value)))?.AbsoluteUri).Should().Be(address);

    [Fact]
    public void ForThisMachine_WhenTheServersSectionHasEndpoints_IsOneOfThem() =>
        ListenAddress.ForThisMachine(Configuration("http://+:5080", ("Kestrel:Endpoints:Web:Url", "http://*:8080"))).Should().Be(new Uri("http://127.0.0.1:8080/"));

    [Theory]
    [InlineData("http://+:5080;https://*", 0)]
    [InlineData("5080", 1)]
    [InlineData("http://+:5080;nonsense;more", 2)]
    public void Failures_Always_AreOneForEachAddressThatIsNone(string urls, int count) =>
        ListenAddress.Failures(Configuration(urls)).Should().HaveCount(count).And.NotContain(failure => !failure.StartsWith("ASPNETCORE_URLS "));

    private static IConfiguration Configuration(string? urls, params (string Name, string Value)[] more) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).AddInMemoryCollection(more.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
}
