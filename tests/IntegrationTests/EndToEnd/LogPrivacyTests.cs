using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>
/// With every level of every category turned on, nothing is written that is somebody's secret. Paths are written by the framework, and hold none.
/// </summary>
[Collection(ServersCollection.Name)]
public sealed class LogPrivacyTests(Servers servers)
{
    private const string AdminKey = "marker-admin-key-0123456789";
    private const string JwtSecret = "marker-jwt-secret-0123456789-0123456789";
    private const string PreviousSecret = "marker-previous-secret-0123456789-0123456789";
    private const string Password = "marker-password-1";
    private const string NewPassword = "marker-password-2";
    private const string WrongPassword = "marker-password-3";
    private const string Email = "marker-email@example.org";
    private const string UnknownEmail = "marker-unknown@example.org";
    private const string Username = "marker-username";
    private const string ExperimentName = "marker-experiment-name";
    private const string NewName = "marker-new-name";
    private const string Pattern = "marker-pattern";
    private const string Query = "marker-query";
    private const string Malformed = "marker-malformed";
    private const string Header = "marker-header";

    private static readonly string[] Markers =
    [
        AdminKey, JwtSecret, PreviousSecret, Password, NewPassword, WrongPassword, Email, UnknownEmail, Username, ExperimentName, NewName, Pattern, Query, Malformed, Header,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_WhenEverythingIsLogged_HoldsNoSecretOfAnybody(bool postgres)
    {
        (string, string)[] more =
        [
            ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
            ("Logging__LogLevel__Microsoft.EntityFrameworkCore", "Trace"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Trace"),
            ("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore.Server.Kestrel.BadRequests", "Trace"),
            ("Logging__LogLevel__NeuroLab", "Trace"), ("Logging__LogLevel__Npgsql", "Trace"), ("Logging__Console__LogLevel__Default", "Trace"),
            ("Authentication__AdminApiKey", AdminKey), ("Authentication__Jwt__Secret", JwtSecret), ("Authentication__Jwt__PreviousSecrets__0", PreviousSecret),
        ];
        var settings = postgres ? await servers.SharedAsync(more) : servers.Embedded(more);
        var markers = Markers.ToList();
        markers.AddRange(((string[])[JwtSecret, PreviousSecret]).Select(HashOf));
        if (settings.TryGetValue("ConnectionStrings__Postgres", out var connection))
        {
            markers.Add(connection);
            markers.AddRange(connection.Split(';').Where(part => part.StartsWith("Password", StringComparison.OrdinalIgnoreCase)).Select(part => part.Split('=', 2)[1]));
        }

        await using var service = await ServiceProcess.StartAsync(settings);
        using var http = new HttpClient { BaseAddress = service.Address };
        var answers = await UseEverythingAsync(http, markers);
        await AbuseAsync(service.Address);
        await service.WritesAsync("NeuroLab.Audit[9010]", TimeSpan.FromSeconds(10));
        await service.StopAsync();

        service.Output.Should().Contain("trce:", "the finest level is on").And.Contain("NeuroLab.Audit[9001]");
        var logged = service.Output;
        markers.Where(marker => logged.Contains(marker, StringComparison.Ordinal)).Should().BeEmpty();
        string[] secrets = [AdminKey, JwtSecret, PreviousSecret, Password, NewPassword, WrongPassword, "   at ", "SELECT ", "Exception: "];
        secrets.Where(secret => answers.Contains(secret, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task AdminGrant_WhenEverythingIsLogged_LogsNoAddress()
    {
        var settings = servers.Embedded();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);

        var run = await ServiceProcess.RunToEndAsync(settings, "admin", "grant", user.Email);

        run.Output.Split('\n').Should().ContainSingle(line => line.Contains("NeuroLab.Audit[9002]", StringComparison.Ordinal)).Which.Should().NotContain(user.Email);
    }

    /// <summary>What the framework calls a key by, where it tells of one.</summary>
    private static string HashOf(string secret) => Base64UrlEncoder.Encode(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)).ComputeJwkThumbprint());

    /// <summary>Asks every endpoint, rightly and wrongly.</summary>
    /// <returns>The answers, sessions left out: those are meant to hold tokens.</returns>
    private static async Task<string> UseEverythingAsync(HttpClient http, List<string> markers)
    {
        var answers = new List<string>();
        await PostAsync("/api/auth/register", new { email = Email, username = Username, password = Password });
        await PostAsync("/api/auth/register", new { email = Email, username = Username, password = Password });
        await PostAsync("/api/auth/login", new { email = Email, password = WrongPassword });
        await PostAsync("/api/auth/login", new { email = UnknownEmail, password = WrongPassword });
        var session = await SessionAsync("/api/auth/login", new { email = Email, password = Password });
        var renewed = await SessionAsync("/api/auth/refresh", new { refresh_token = session.RefreshToken });
        await PostAsync("/api/auth/refresh", new { refresh_token = session.RefreshToken });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", renewed.AccessToken);

        var created = await PostAsync("/api/experiments", new { name = ExperimentName, experiment_type = "memory" });
        var id = JsonDocument.Parse(created).RootElement.GetProperty("experiment").GetProperty("id").GetString();
        markers.Add("experiments:");
        markers.Add("dashboard:");
        await SendAsync(HttpMethod.Patch, $"/api/experiments/{id}", new { name = NewName });
        await PostAsync("/api/experiments", new { name = ExperimentName, experiment_type = Malformed });
        await PostAsync("/api/experiments", new { name = ExperimentName, experiment_type = "memory", unknown = Malformed });
        foreach (var path in (string[])
        [
            "/api/auth/me", "/api/experiments", $"/api/experiments/{id}", "/api/experiments/0195f0a0-0000-7000-8000-000000000000", "/api/dashboard/summary",
            "/api/dashboard/summary?force_refresh=true", "/api/dashboard/charts", "/api/dashboard/recent", $"/api/dashboard/recent?limit={Query}", "/api/cache/stats",
            $"/api/cache/entries?pattern={Pattern}", $"/api/cache/explain?key={Pattern}", "/api/admin/audit", "/api/cache/health", "/api/dashboard/health", "/api/dashboard/health/database",
            "/api/dashboard/health/cache", "/health/live", "/health/ready", "/metrics", "/openapi/v1.json", "/swagger/index.html", $"/nothing?token={Query}",
        ])
        {
            await SendAsync(HttpMethod.Get, path, null);
            await SendAsync(HttpMethod.Get, path, null, ("X-Admin-API-Key", AdminKey), ("If-None-Match", $"\"{Header}\""), ("Consistency-Token", Header), ("X-Correlation-ID", $"<{Header}>"));
            await SendAsync(HttpMethod.Get, path, null, ("X-Admin-API-Key", Header));
        }

        await SendAsync(HttpMethod.Post, "/api/cache/clear", new { pattern = Pattern + ":*" }, ("X-Admin-API-Key", AdminKey));
        await SendAsync(HttpMethod.Post, "/api/cache/clear", new { pattern = Pattern + "\n" }, ("X-Admin-API-Key", AdminKey));
        await PostAsync("/api/cache/clear", new { pattern = Pattern });
        await PostAsync("/api/auth/password", new { current_password = WrongPassword, new_password = NewPassword });
        await PostAsync("/api/auth/password", new { current_password = Password, new_password = NewPassword });
        await SendAsync(HttpMethod.Delete, $"/api/experiments/{id}", null);
        await PostAsync("/api/auth/logout", new { });
        await SendAsync(HttpMethod.Delete, "/api/auth/me", null);
        await SendAsync(HttpMethod.Get, "/api/auth/me", null);
        http.DefaultRequestHeaders.Authorization = null;
        foreach (var token in (string[])[renewed.AccessToken[..^2], $"{renewed.AccessToken}{Malformed}", Malformed, $"{Malformed}.{Malformed}.{Malformed}", "eyJhbGciOiJub25lIn0.e30."])
        {
            await SendAsync(HttpMethod.Get, "/api/dashboard/summary", null, ("Authorization", $"Bearer {token}"));
        }

        return string.Join('\n', answers);

        Task<string> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

        async Task<string> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var answer = await http.SendAsync(request);
            ((int)answer.StatusCode).Should().NotBe(500, "of {0}", path);
            var text = await answer.Content.ReadAsStringAsync();
            if (!path.StartsWith("/swagger", StringComparison.Ordinal) && !path.StartsWith("/openapi", StringComparison.Ordinal))
            {
                answers.Add(text);
            }

            return text;
        }

        async Task<(string AccessToken, string RefreshToken)> SessionAsync(string path, object body)
        {
            using var answer = await http.PostAsJsonAsync(path, body);
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            var one = await answer.Content.ReadFromJsonAsync<JsonElement>();
            var (access, refresh) = (one.GetProperty("access_token").GetString()!, one.GetProperty("refresh_token").GetString()!);

            // The claims and the signature; the beginning of every token is the same.
            markers.AddRange(access.Split('.').Skip(1));
            markers.Add(refresh);
            return (access, refresh);
        }
    }

    /// <summary>Sends what no client library would.</summary>
    private static async Task AbuseAsync(Uri address)
    {
        foreach (var text in (string[])
        [
            $"GET /health/live?{Malformed}\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            $"{Malformed} {Malformed} {Malformed}\r\n\r\n",
            $"GET /health/live HTTP/1.1\r\nHost: localhost\r\nAuthorization Bearer {Malformed}\r\n\r\n",
            $"GET /health/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Malformed}\u0000\r\n\r\n",
            $"GET /health/live HTTP/1.1\r\nHost: {Malformed} {Malformed}\r\n\r\n",
            $"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Malformed}\r\n\r\n",
            $"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{Malformed}\r\n",
        ])
        {
            using var request = await RawRequest.SendAsync(address, text);
            await request.ReadUntilAsync("\r\n\r\n", TimeSpan.FromSeconds(10));
        }
    }
}
