using System.Net;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>The verbs of the executable, and settings that stop its start.</summary>
[Collection(ServersCollection.Name)]
public sealed partial class CommandLineTests(Servers servers)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Seed_WhenRun_FillsTheDatabaseAndPrintsSignInsThatWork(bool postgres)
    {
        var settings = postgres ? await servers.SharedAsync() : servers.Embedded();
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(settings, "seed", "--users", "2", "--experiments", "30", "--days", "60");
        exitCode.Should().Be(0, output);
        var signIns = SignIn().Matches(output);
        signIns.Should().HaveCount(2);

        await using var service = await ServiceProcess.StartAsync(settings);
        foreach (Match signIn in signIns)
        {
            using var user = new Api(service.Address);
            await user.SignInAsync(signIn.Groups[1].Value, signIn.Groups[2].Value);
            var summary = await user.SummaryAsync();
            (summary.Status, summary.Total).Should().Be((HttpStatusCode.OK, 30));
            (await user.GetAsync("/api/experiments?limit=1")).Member("total").GetInt32().Should().Be(30);
        }
    }

    [Fact]
    public async Task AdminGrant_WhenRun_OpensTheAdministrationToTheNextSignIn()
    {
        var settings = servers.Embedded();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        (await user.GetAsync("/api/cache/stats")).Status.Should().Be(HttpStatusCode.Forbidden);

        (await ServiceProcess.RunToEndAsync(settings, "admin", "grant", user.Email)).ExitCode.Should().Be(0);
        (await ServiceProcess.RunToEndAsync(settings, "admin", "grant", "nobody@example.org")).ExitCode.Should().NotBe(0);

        await user.SignInAsync(user.Email, Api.Password);
        (await user.GetAsync("/api/auth/me")).Member("roles").EnumerateArray().Select(role => role.GetString()).Should().Equal("admin");
        (await user.GetAsync("/api/cache/stats")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AdminRotateKey_WhenRunBesideTheService_SignsNobodyOut(bool postgres)
    {
        var settings = postgres ? await servers.SharedAsync() : servers.Embedded();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);

        var first = await ServiceProcess.RunToEndAsync(settings, "admin", "rotate-key");
        var second = await ServiceProcess.RunToEndAsync(settings, "admin", "rotate-key");

        first.ExitCode.Should().Be(0, first.Output);
        first.Output.Should().Contain("Nobody is signed out");
        second.ExitCode.Should().Be(0, second.Output);
        second.Output.Should().Contain("No other was made");
        (await user.GetAsync("/api/auth/me")).Status.Should().Be(HttpStatusCode.OK);
        await user.SignInAsync(user.Email, Api.Password);
        await using var restarted = await ServiceProcess.StartAsync(settings);
        using var elsewhere = user.At(restarted.Address);
        (await elsewhere.GetAsync("/api/auth/me")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AdminRotateKey_WhenTheKeyIsConfigured_SaysHowItIsDone()
    {
        var run = await ServiceProcess.RunToEndAsync(servers.Embedded(("Authentication__Jwt__Secret", new string('s', 40))), "admin", "rotate-key");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("Authentication:Jwt:PreviousSecrets").And.NotContain("ssss");
    }

    [Theory]
    [InlineData("Authentication__Jwt__PreviousSecrets__0", "short", "Authentication__Jwt__PreviousSecrets__0")]
    [InlineData("CACHE_DEFAULT_TTL", "soon", "CACHE_DEFAULT_TTL")]
    [InlineData("CACHE_MEMORY_MAX_SIZE", "0", "CACHE_MEMORY_MAX_SIZE")]
    [InlineData("REDIS_URL", "localhost:6379", "REDIS_URL")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "-1", "RATE_LIMIT_PER_MINUTE")]
    [InlineData("Cache__Database__Retries", "11", "Cache__Database__Retries")]
    [InlineData("Authentication__Jwt__Secret", "short", "Authentication__Jwt__Secret")]
    public async Task Start_WhenASettingIsWrong_EndsWithASentenceThatNamesIt(string name, string value, string named)
    {
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(servers.Embedded((name, value), ("ASPNETCORE_URLS", "http://127.0.0.1:0")));

        exitCode.Should().Be(1, output);
        output.TrimEnd().Split('\n')[^1].Should().Contain(named, "the last line says what is wrong");
    }

    [GeneratedRegex(@"^\s*(\S+@\S+)\s+(\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex SignIn();
}
