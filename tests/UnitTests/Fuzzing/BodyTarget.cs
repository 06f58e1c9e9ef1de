using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.WebApi.Endpoints;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The body of a request, on to the validated command. The first byte of an input says which, the second whether it comes as a request and with what content type.</summary>
internal sealed class BodyTarget : FuzzTarget
{
    private const int Head = 2;

    /// <summary>From this second byte on it is a request.</summary>
    private const int FirstRequest = 0xd0;

    private static readonly DateTime Now = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string?[] ContentTypes =
        ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"", null, "", "text/plain", "application/json; charset=latin1", "application/json;", "application/json; charset", "a/b/c", "\"", "application/json; charset=utf-8; charset=latin1"];

    private static readonly string Parameter = """{"name":"n","experiment_type":"eeg","parameters":{"duration_minutes":2,"sampling_rate":256}}""";

    private object? _body;
    private IReadOnlyDictionary<string, IReadOnlyList<string>>? _errors;

    /// <summary>Every type of a body.</summary>
    public static IReadOnlyList<BodyKind> Kinds { get; } =
    [
        new BodyKind<RegisterBody, Register>(body => new(body.Email, body.Username, body.Password), new RegisterValidator(), command =>
            Require(new User(Guid.Empty, command.Email.Trim(), command.Username.Trim(), "hash", Now).NormalizedEmail.Length is > 0 and <= AccountLimits.MaxEmailLength, "an address is too long")),
        new BodyKind<LoginBody, SignIn>(body => new(body.Email, body.Password, "::1"), new SignInValidator(), command =>
            Require(User.Normalize(command.Email).Length is > 0 and <= AccountLimits.MaxEmailLength, "an address is too long")),
        new BodyKind<RefreshBody, RefreshSession>(body => new(body.RefreshToken), new RefreshSessionValidator(), _ => { }),
        new BodyKind<PasswordBody, ChangePassword>(body => new(Guid.Empty, body.CurrentPassword, body.NewPassword, "::1"), new ChangePasswordValidator(), command =>
            Require(command.NewPassword.Length is >= AccountLimits.MinPasswordLength and <= AccountLimits.MaxPasswordLength, "a password is out of bounds")),
        new BodyKind<CreateExperimentBody, CreateExperiment>(body => new(Guid.Empty, body.Name, body.ExperimentType, body.Parameters), new CreateExperimentValidator(), command =>
        {
            var parameters = ExperimentParameterRules.Create(ExperimentNames.ParseType(command.ExperimentType), RawParameters.From(command.Parameters)).Parameters;
            Require(parameters is not null, "parameters that are valid cannot be made");
            _ = Experiment.Start(Guid.Empty, Guid.Empty, command.Name, parameters!, Now);
        }),
        new BodyKind<RenameExperimentBody, RenameExperiment>(body => new(Guid.Empty, Guid.Empty, body.Name), new RenameExperimentValidator(), command =>
            Experiment.Start(Guid.Empty, Guid.Empty, "before", new HeartRateParameters(5, 75), Now).Rename(command.Name, Now)),
        new BodyKind<ClearCacheBody, ClearCache>(body => new(body.Pattern), new ClearCacheValidator(), command => _ = command.Invalidations),
        new BodyKind<WarmCacheBody, WarmCache>(body => new(body.User), new WarmCacheValidator(), command => _ = User.Normalize(command.User)),
    ];

    public override int UsualLength => 192;

    public override int MaxLength => JsonBody.MaxBytes + Head + 16;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Input(0, """{"email":"ada@example.org","username":"ada","password":"correct horse"}"""),
        Input(1, """{"email":"ada@example.org","password":"correct horse"}"""),
        Input(2, """{"refresh_token":"AAECAwQFBgcICQ"}"""),
        Input(3, """{"current_password":"correct horse","new_password":"battery staple"}"""),
        Input(4, """{"name":"Morning run","experiment_type":"heart_rate","parameters":{"duration_minutes":5,"baseline_bpm":75}}"""),
        Input(4, """{"name":"n","experiment_type":"reaction_time","parameters":{"trials":10,"stimulus_type":"audio"}}"""),
        Input(4, """{"name":"größe \ud83d\ude00","experiment_type":"memory","parameters":{"items_count":10,"test_type":"verbal"}}"""),
        Input(4, Parameter),
        Input(4, """{"name":"n","experiment_type":"eeg"}"""),
        Input(4, """{"name":"n","experiment_type":"eeg","parameters":null}"""),
        Input(5, """{"name":"Evening run"}"""),
        Input(6, """{"pattern":"dashboard:*"}"""),
        Input(6, """{"pattern":"*"}""", FirstRequest),
        Input(5, """{"name":"Evening run"}""", FirstRequest + 1),
        Input(4, Parameter, FirstRequest + 2),
    ];

    public override IReadOnlyList<byte[]> Regressions { get; } =
    [
        [],
        // Half of a surrogate pair in the name of a member, which is longer than the name that is looked for.
        Input(5, """{"\ud800":1}"""),
        Input(5, """{"n\udfff__":1,"name":"x"}"""),
        Input(4, """{"name":"n","experiment_type":"eeg","parameters":{"\ud800":1}}"""),
        // A long name over many members: their paths together have the square of the body's length.
        Input(5, LongName(Enumerable.Range(0, 4000).Select(_ => "\"\":1"))),
        Input(5, LongName(Enumerable.Range(0, 4000).Select(i => $"\"{i / 2}\":1"))),
        Input(5, LongName(Enumerable.Range(0, 1000).Select(i => $"\"{i}\":\"\\ud800\""))),
        Input(5, new string('[', 60_000)),
        Input(5, string.Concat(Enumerable.Repeat("""{"a":""", 14)) + "{}" + new string('}', 14)),
        Input(5, $$"""{"name":"x","\u0000":1}"""),
        Input(4, """{"name":"n","experiment_type":"eeg","parameters":{"sampling_rate":1e400,"duration_minutes":2.0}}"""),
        Input(5, "{\"name\":\"\ufeff\"}", FirstRequest),
        Input(5, new string(' ', JsonBody.MaxBytes - 12) + """{"name":"x"}""", FirstRequest),
        Input(5, new string(' ', JsonBody.MaxBytes - 11) + """{"name":"x"}""", FirstRequest),
    ];

    public override IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e400", "-0", "\\ud800", "\\udc00", "\\u0000", "\\ud83d\\ude00", "\\", "//", "/**/", "\ufeff", "{\"a\":", "\"a\":1,", "\"name\":", "\"email\":", "\"password\":",
            "\"username\":", "\"pattern\":", "\"parameters\":{", "\"trials\":10", "\"experiment_type\":\"memory\"", "\"na\\u006de\":", "@", "\u0130", "\\u0001", "\\u007f", "eeg", "reaction_time", "é", "\u2028",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80],
    ];

    public override int Run(byte[] input)
    {
        (_body, _errors) = (null, null);
        var (kind, mode, body) = Parts(input);
        try
        {
            _body = kind.Read(body, RequestOf(mode, body));
        }
        catch (RequestValidationException refusal)
        {
            _errors = refusal.Errors;
            return 10 + Math.Min(_errors.Count, 8) + (20 * _errors.Values.First()[0].Length);
        }
        catch (BadHttpRequestException refusal)
        {
            return refusal.StatusCode;
        }

        return (kind.Take(_body) ? 1000 : 2000) + (input.Length == 0 ? 0 : input[0] % Kinds.Count);
    }

    public override long AllocationBound(byte[] input) => 65_536 + (256L * input.Length);

    public override void Verify(byte[] input)
    {
        var (kind, mode, body) = Parts(input);
        if (_body is not null)
        {
            Require(mode < FirstRequest || body.Length <= JsonBody.MaxBytes, "a body that is too large was taken");
            var expected = kind.ReadStrictly(body.Span);
            Require(expected is not null && kind.Write(_body) == kind.Write(expected), "a body is read otherwise than by the serializer");
        }
        else if (_errors is not null)
        {
            Require(_errors.Count > 0 && _errors.All(error => error.Value.Count > 0), "a refusal names nothing");
            Require(_errors.Sum(error => error.Key.Length + error.Value.Sum(message => message.Length)) <= 4096 + (32 * input.Length), "a refusal is far longer than what it refuses");
            if (input.Length % 16 == 0 && kind.ReadStrictly(body.Span) is not null)
            {
                // Beyond the serializer's rules there is one: text that no store keeps.
                Require(body.Span.IndexOf("\\u"u8) >= 0 || !Utf8.IsValid(body.Span), "a body that the serializer takes was refused");
            }
        }
    }

    public override byte[] Reshape(byte[] input, Random random)
    {
        if (input.Length < Head)
        {
            return input;
        }

        // Most go the short way, and to a body that there is.
        input[0] = (byte)(input[0] % Kinds.Count);
        input[1] = random.Next(16) == 0 ? (byte)random.Next(FirstRequest, 256) : (byte)0;
        return random.Next(2) == 0 ? input : [input[0], input[1], .. RandomJson.Object(Kinds[input[0]].Names, random)];
    }

    private static string LongName(IEnumerable<string> members) => $"{{\"{new string('a', 30_000)}\":{{{string.Join(',', members)}}}}}";

    private static byte[] Input(byte kind, string body, byte mode = 0) => [kind, mode, .. Encoding.UTF8.GetBytes(body)];

    private static (BodyKind Kind, int Mode, ReadOnlyMemory<byte> Body) Parts(byte[] input) =>
        input.Length < Head ? (Kinds[0], 0, default) : (Kinds[input[0] % Kinds.Count], input[1], input.AsMemory(Head));

    private static DefaultHttpContext? RequestOf(int mode, ReadOnlyMemory<byte> body)
    {
        if (mode < FirstRequest)
        {
            return null;
        }

        var http = new DefaultHttpContext();
        http.Request.ContentType = ContentTypes[(mode - FirstRequest) % ContentTypes.Length];
        http.Request.Body = new MemoryStream(body.ToArray());
        http.Request.ContentLength = mode % 2 == 0 ? body.Length : null;
        return http;
    }
}
