using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.UnitTests.Caching.Redis;

public sealed class RedisEndpointsTests
{
    [Theory]
    [InlineData("redis://h", "h:6379", 0, null, null, false)]
    [InlineData("redis://h:7000/", "h:7000", 0, null, null, false)]
    [InlineData("rediss://h:7000/3", "h:7000", 3, null, null, true)]
    [InlineData("REDIS://10.0.0.1/15", "10.0.0.1:6379", 15, null, null, false)]
    [InlineData("redis://:p%40ss@h", "h:6379", 0, null, "p@ss", false)]
    [InlineData("redis://user:p:a@s@h:1/2", "h:1", 2, "user", "p:a@s", false)]
    [InlineData("redis://u%3Aser:@h", "h:6379", 0, "u:ser", "", false)]
    [InlineData("redis://[::1]:7000/1", "::1:7000", 1, null, null, false)]
    [InlineData("redis://u:p@a:1,b,[fe80::1]:3", "a:1 b:6379 fe80::1:3", 0, "u", "p", false)]
    [InlineData("redis://my_redis-1.svc:7000", "my_redis-1.svc:7000", 0, null, null, false)]
    public void Read_WhenTheUrlIsRight_TakesItApart(string url, string hosts, int database, string? user, string? password, bool tls)
    {
        var (endpoints, error) = Read(("REDIS_URL", url), ("REDIS_HOST", "other"), ("REDIS_PORT", "wrong"));

        error.Should().BeNull();
        endpoints!.Hosts.Select(h => $"{h.Host}:{h.Port}").Should().Equal(hosts.Split(' '));
        (endpoints.Database, endpoints.User, endpoints.Password, endpoints.Tls).Should().Be((database, user, password, tls));
        endpoints.ToString().Should().Be("Redis");
    }

    [Theory]
    [InlineData("h:6379")]
    [InlineData("http://secret@h")]
    [InlineData("redis://")]
    [InlineData("redis://secret@h")]
    [InlineData("redis://u:secret@")]
    [InlineData("redis://u:secret@h:0")]
    [InlineData("redis://u:secret@h:65536")]
    [InlineData("redis://u:secret@h:port")]
    [InlineData("redis://u:secret@h/-1")]
    [InlineData("redis://u:secret@h/1/2")]
    [InlineData("redis://u:secret@h/1024")]
    [InlineData("redis://u:sec/ret@h")]
    [InlineData("redis://u:secret@h,,g")]
    [InlineData("redis://u:secret@h h")]
    [InlineData("redis://u:secret@h?x=secret")]
    [InlineData("redis://u:secret@a,b/1")]
    public void Read_WhenTheUrlIsWrong_NamesTheSettingAndNoSecret(string url)
    {
        var (endpoints, error) = Read(("REDIS_URL", url));

        if (url.Contains("sec/ret", StringComparison.Ordinal))
        {
            // The last @ ends the password, so a slash in it does no harm.
            endpoints!.Password.Should().Be("sec/ret");
            return;
        }

        endpoints.Should().BeNull();
        error.Should().Contain("REDIS_URL").And.NotContain("secret");
    }

    [Fact]
    public void Read_WhenHostPortAndDatabaseAreGiven_TakesThem()
    {
        var (endpoints, _) = Read(("REDIS_HOST", "h"), ("REDIS_PORT", "7000"), ("REDIS_DB", "4"));
        endpoints!.Hosts.Should().Equal(("h", 7000));
        (endpoints.Database, endpoints.IsCluster).Should().Be((4, false));

        Read(("REDIS_HOST", "a, b:7001"), ("REDIS_PORT", "7000")).Endpoints!.Hosts.Should().Equal(("a", 7000), ("b", 7001));
        Read(("REDIS_HOST", "::1")).Endpoints!.Hosts.Should().Equal(("::1", 6379));
        Read(("REDIS_HOST", "a,b")).Endpoints!.IsCluster.Should().BeTrue();
    }

    [Theory]
    [InlineData("REDIS_PORT", "x")]
    [InlineData("REDIS_PORT", "0")]
    [InlineData("REDIS_DB", "-1")]
    [InlineData("REDIS_DB", "one")]
    [InlineData("REDIS_HOST", "h h")]
    [InlineData("REDIS_HOST", "h:x")]
    public void Read_WhenAPartIsWrong_NamesIt(string setting, string value) =>
        Read(("REDIS_HOST", "h"), (setting, value)).Error.Should().Contain(setting);

    [Fact]
    public void Read_WhenNothingIsGiven_IsNothing()
    {
        Read().Should().Be((null, null));
        Read(("REDIS_URL", " "), ("REDIS_HOST", ""), ("REDIS_PORT", "6379")).Should().Be((null, null));
    }

    private static (RedisEndpoints? Endpoints, string? Error) Read(params (string Name, string Value)[] settings) => RedisEndpoints.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(s => s.Name).Select(s => KeyValuePair.Create(s.Key, (string?)s.Last().Value))).Build());
}
