# Verifies every DKIM signature of every *.eml in a folder with Mail::DKIM, the keys from its file "keys" (NAME<TAB>RECORD a line).
# Prints a line a mail: NAME<TAB>ok or what is wrong.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;

my $folder = shift;
my %keys;
open(my $lines, '<', "$folder/keys") or die $!;
while (<$lines>) {
    chomp;
    my ($name, $record) = split(/\t/, $_, 2);
    $keys{$name} = $record;
}

{
    package Record;
    sub type { 'TXT' }
    sub txtdata { ${ $_[0] } }
}
{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my $text = $keys{ $_[0] };
        return defined $text ? (bless \$text, 'Record') : ();
    };
}

for my $path (sort glob("$folder/*.eml")) {
    my ($name) = $path =~ m{([^/]+)$};
    open(my $mail, '<:raw', $path) or die $!;
    my $verifier = Mail::DKIM::Verifier->new();
    $verifier->load($mail);
    my @signatures = $verifier->signatures;
    my @wrong = @signatures ? () : ('no signature');
    for my $at (0 .. $#signatures) {
        push @wrong, "signature $at: " . $signatures[$at]->result_detail unless $signatures[$at]->result eq 'pass';
    }
    print "$name\t", (join(', ', @wrong) || 'ok'), "\n";
}
