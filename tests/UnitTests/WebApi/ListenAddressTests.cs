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
    [InlineData("https://node1.internal:8443", "https://node1.internal:8443/")]
    public void ForThisMachine_Always_IsWhereAClientFindsIt(string? urls, string address) => ListenAddress.ForThisMachine(Configuration(urls)).Should().Be(new Uri(address));

    [Theory]
    [InlineData("http://+:5080;https://*", 0)]
    [InlineData("5080", 1)]
    [InlineData("http://+:5080;nonsense;more", 2)]
    public void Failures_Always_AreOneForEachAddressThatIsNone(string urls, int count) =>
        ListenAddress.Failures(Configuration(urls)).Should().HaveCount(count).And.NotContain(failure => !failure.StartsWith("ASPNETCORE_URLS "));

    private static IConfiguration Configuration(string? urls) => new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build();
}
