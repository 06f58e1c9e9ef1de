using System.Diagnostics;
using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.History;

/// <summary>Two nodes that share a database and nothing else.</summary>
[Collection(HistoryCollection.Name)]
public sealed class FollowTests(Servers servers, ITestOutputHelper output)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Read_OnAnotherNodeWithoutRedis_ShowsAWriteWithinThePoll()
    {
        // Trusted for so long that nothing but the poll can show the write.
        await using var fleet = await Fleet.StartAsync(
            servers,
            nodes: 2,
            redis: false,
            ("Cache:JournalPoll", Poll.ToString("c", CultureInfo.InvariantCulture)),
            ("Cache:VerificationWindow", "00:01:00"),
            ("Cache:MemoryTtlCap", "00:01:00"));
        var (writer, reader) = (fleet.Nodes[0], fleet.Nodes[1]);
        var lags = new List<double>();

        // Registers that live for long: none expires meanwhile.
        for (var register = 1; register < 24; register += 2)
        {
            var read = new Op(OpKind.Read, register);
            var before = await reader.RunAsync(read);
            var again = await reader.RunAsync(read);
            again.Source.Should().Be(AnswerSource.Memory);
            var write = await writer.RunAsync(new Op(OpKind.Write, register));
            write.Outcome.Should().Be(Outcome.Done, "{0}", write.Text);

            Result seen;
            do
            {
                seen = await reader.RunAsync(read);
                seen.Outcome.Should().Be(Outcome.Done, "{0}", seen.Text);
                seen.Source.Should().NotBe(AnswerSource.Stale);
            }
            while (seen.Version == before.Version);

            seen.Version.Should().Be(before.Version + 1);

            // From before the commit: the true lag is less.
            lags.Add((seen.Began - write.Began) * 1000.0 / Stopwatch.Frequency);
        }

        lags.Sort();
        output.WriteLine($"seen after {string.Join(", ", lags.Select(lag => lag.ToString("0", CultureInfo.InvariantCulture)))} ms");
        lags[lags.Count / 2].Should().BeLessThan(2 * Poll.TotalMilliseconds, "half of the writes are seen within a poll, whatever else the machine does");
    }
}
