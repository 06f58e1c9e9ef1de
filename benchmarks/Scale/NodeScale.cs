using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.Scale;

/// <summary>
/// Signed-in requests of the dashboard's summary over HTTP, to one, two and three nodes on one PostgreSQL and one Redis. Client, nodes and stores share the processors of this machine:
/// nodes that are added bring none with them.
/// </summary>
internal static class NodeScale
{
    private const int Width = 32;

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var postgres = await PostgresProcess.StartAsync();
        await using var redis = await RedisProcess.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        var nodes = new List<ServiceNode>();
        try
        {
            var table = new Table("nodes", "requests a second", "p99", "to one node");
            var samples = new List<Sample>();
            string? token = null;
            foreach (var count in run.IsSmoke ? [1] : new[] { 1, 2, 3 })
            {
                nodes.Add(await ServiceNode.StartAsync(database, redis.Url));
                token ??= await SignUpAsync(nodes[0].Client);
                var (sample, tails) = (new Sample(), new Sample());
                for (var round = -run.Of(3, 1); round < run.Of(7, 1); round++)
                {
                    var (perSecond, p99) = await InFlight.RunAsync(Width, run.Of(20_000, 200), number => GetAsync(nodes[number % nodes.Count].Client, token));
                    if (round >= 0)
                    {
                        sample.Add(1e9 / perSecond);
                        tails.Add(p99);
                    }
                }

                samples.Add(sample);
                table.Add(
                    count.ToString(CultureInfo.InvariantCulture), Table.Number((long)(1e9 / sample.Median)), Table.Duration(tails.Median), Table.Ratio(samples[0].Median / sample.Median));
            }

            table.Print($"GET /api/dashboard/summary, signed in, {Width} in flight, on {Environment.ProcessorCount} processors for all");
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private static async Task<string> SignUpAsync(HttpClient client)
    {
        using var registered = await client.PostAsJsonAsync("/api/auth/register", new { email = "scale@example.org", username = "scale", password = "a password of scale" });
        registered.EnsureSuccessStatusCode();
        using var signedIn = await client.PostAsJsonAsync("/api/auth/login", new { email = "scale@example.org", password = "a password of scale" });
        signedIn.EnsureSuccessStatusCode();
        return (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private static async Task GetAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/dashboard/summary");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }
}
