using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class AuditOnSqlite(SqliteApi api) : AuditContract(api)
{
    [Fact]
    public async Task Audit_WhenTheKeyOpenedIt_SaysSo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/cache/clear") { Content = JsonContent.Create(new { pattern = "by-the-key:*" }) };
        request.Headers.Add("X-Admin-API-Key", SqliteApi.AdminKey);
        using var cleared = await Api.Anonymous.SendAsync(request);
        var admin = await Api.NewUserAsync(admin: true);

        cleared.StatusCode.Should().Be(HttpStatusCode.OK);
        (await NewestAsync(admin)).Single(entry => entry.Text("target") == "by-the-key:*").Text("actor").Should().Be("api-key");
    }
}

[Collection(ServersApiCollection.Name)]
public sealed class AuditOnServers(ServersApi api) : AuditContract(api);

public abstract class AuditContract(ApiHost api)
{
    protected ApiHost Api { get; } = api;

    [Fact]
    public async Task Audit_WhenTheCacheWasCleared_SaysWhoWhatAndWhen()
    {
        var admin = await Api.NewUserAsync(admin: true);
        var pattern = $"audited-{Guid.NewGuid():N}:*";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/cache/clear") { Content = JsonContent.Create(new { pattern }) };
        request.Headers.Add("X-Correlation-ID", "from-the-test");

        using var cleared = await admin.Client.SendAsync(request);

        cleared.StatusCode.Should().Be(HttpStatusCode.OK);
        var entry = (await NewestAsync(admin)).Single(one => one.Text("target") == pattern);
        entry.Text("action").Should().Be("cache_clear");
        entry.Text("actor").Should().Be(admin.Id.ToString("D"));
        entry.Text("outcome").Should().Be("done");
        entry.Text("correlation_id").Should().Be("from-the-test");
        entry.Text("address").Should().NotBeEmpty();
        entry.GetProperty("created_at").GetDateTime().Should().BeCloseTo(TimeProvider.System.UtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Audit_WhenARoleWasGranted_NamesTheAccountByItsId()
    {
        var admin = await Api.NewUserAsync(admin: true);

        var entry = (await NewestAsync(admin)).Single(one => one.Text("target") == admin.Id.ToString("D"));

        (entry.Text("action"), entry.Text("actor")).Should().Be(("admin_grant", "console"));
        entry.GetProperty("address").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Audit_WhenTheRequestIsRefused_HasNoEntry()
    {
        var admin = await Api.NewUserAsync(admin: true);
        var user = await Api.IdleUserAsync();
        var pattern = $"refused-{Guid.NewGuid():N}:*";

        using var refused = await user.Client.PostAsJsonAsync("/api/cache/clear", new { pattern });

        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await NewestAsync(admin)).Should().NotContain(one => one.Text("target") == pattern);
    }

    [Fact]
    public async Task Audit_WhenListed_IsNewestFirstAndForAdministratorsAlone()
    {
        var (admin, user) = (await Api.NewUserAsync(admin: true), await Api.IdleUserAsync());
        foreach (var number in (int[])[1, 2, 3])
        {
            using var cleared = await admin.Client.PostAsJsonAsync("/api/cache/clear", new { pattern = $"listed-{number}:*" });
        }

        using var refused = await user.Client.GetAsync("/api/admin/audit");
        using var anonymous = await Api.Anonymous.GetAsync("/api/admin/audit");
        using var wrong = await admin.Client.GetAsync("/api/admin/audit?limit=1001");
        var two = await admin.GetAsync("/api/admin/audit?limit=2");

        await refused.ProblemAsync(HttpStatusCode.Forbidden, "ACCESS_DENIED");
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        (await wrong.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR")).Fields().Should().Equal("limit");
        two.GetProperty("entries").EnumerateArray().Select(one => one.Text("target")).Should().Equal("listed-3:*", "listed-2:*");
    }

    [Fact]
    public async Task Trim_WhenEntriesAreOld_DeletesThemAndNoOther()
    {
        var admin = await Api.NewUserAsync(admin: true);
        var old = TimeProvider.System.UtcNow() - Retention.AuditKept - TimeSpan.FromDays(1);
        await Api.Services.GetRequiredService<Database>().WriteAsync(
            async (context, token) =>
            {
                context.AddRange(Enumerable.Range(0, 1_100).Select(_ => new AuditRow(AuditAction.CacheClear, AuditOrigin.Console, "old", old)));
                context.Add(new AuditRow(AuditAction.CacheClear, AuditOrigin.Console, "young", old.AddDays(2)));
                return await context.SaveChangesAsync(token);
            },
            TimeSpan.FromSeconds(30),
            CancellationToken.None);

        var deleted = await Api.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Retention>().Single().TrimAuditAsync(CancellationToken.None);

        deleted.Should().Be(1_100);
        (await NewestAsync(admin)).Select(one => one.Text("target")).Should().Contain("young").And.Contain(admin.Id.ToString("D")).And.NotContain("old");
    }

    /// <summary>While nodes are upgraded one after the other, the older ones read what the newer ones write.</summary>
    [Fact]
    public async Task Audit_WhenALaterVersionWroteAnAction_ShowsItAsUnknown()
    {
        var admin = await Api.NewUserAsync(admin: true);
        var target = $"later-{Guid.NewGuid():N}";
        await Api.Services.GetRequiredService<Database>().WriteAsync(
            async (context, token) =>
            {
                context.Add(new AuditRow(AuditAction.CacheClear, AuditOrigin.Console, target, TimeProvider.System.UtcNow()));
                await context.SaveChangesAsync(token);
                return await context.Database.ExecuteSqlAsync($"UPDATE audit_log SET action = 'of_a_later_version' WHERE target = {target}", token);
            },
            TimeSpan.FromSeconds(30),
            CancellationToken.None);

        (await NewestAsync(admin)).Single(one => one.Text("target") == target).Text("action").Should().Be("unknown");
    }

    protected static async Task<List<JsonElement>> NewestAsync(ApiUser admin) =>
        [.. (await admin.GetAsync("/api/admin/audit?limit=1000")).GetProperty("entries").EnumerateArray()];
}
